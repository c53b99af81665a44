<?cs # expect: function url_escape() is not allowed ?><?cs var:url_escape(name) ?>
