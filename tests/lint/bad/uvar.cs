<?cs # expect: uvar: is not allowed ?><p><?cs uvar:name ?></p>
