<?cs # expect: inline style ?><p style="color:red">1</p>
