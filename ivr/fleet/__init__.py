"""Many calls: workers behind a front, and who watches over them."""
