"""Units, configuration, hardware look-ups and clients, under the names that CodeCarbon gives them."""
