"""Hardware, geography, scheduler and logger, under the names that CodeCarbon gives them."""
