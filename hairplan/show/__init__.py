"""Values into text: modules that lay a value out as a document, and modules that render one."""
