"""Units, configuration, hardware and clients, under the names that CodeCarbon gives them."""
