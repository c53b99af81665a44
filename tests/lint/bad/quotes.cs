<?cs # expect: attribute value without quotes ?><a href=<?cs var:self ?>>1</a>
