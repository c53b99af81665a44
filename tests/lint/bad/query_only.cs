<?cs # expect: query only ?><a href="?b=<?cs var:first ?>">1</a>
