"""已知说法: what was judged before, by us or others."""
