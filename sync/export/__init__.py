"""The rendered files in the forms that other engines read: each form is a pure function from a source to files."""
