<?cs # expect: evar: is not allowed ?><p><?cs evar:name ?></p>
