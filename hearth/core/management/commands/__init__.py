"""Named as Django names them."""
