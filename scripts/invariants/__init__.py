"""What always holds in the table, as pure rules over its items; `violations` tries them all."""
