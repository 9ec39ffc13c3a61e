"""What views share: access, forms, languages, errors, headers. It knows no feature."""
