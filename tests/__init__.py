"""The tests; a package, since tf-keras-vis installs one of the same name that would hide them."""
