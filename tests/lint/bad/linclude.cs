<?cs # expect: linclude: is not allowed ?><?cs linclude:name ?>
