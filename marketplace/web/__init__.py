"""What all views share with Flask: access, forms, languages, errors, headers. It knows no feature."""
