<?cs # expect: inline handler onclick ?><p onclick="1">1</p>
