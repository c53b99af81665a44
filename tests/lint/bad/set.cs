<?cs # expect: set: is not allowed ?><?cs set:name = "x" ?>
