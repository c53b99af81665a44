<?cs # expect: lvar: is not allowed ?><p><?cs lvar:name ?></p>
