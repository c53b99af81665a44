<?cs # expect: submit button has a name ?><input type="submit" name="do" value="<?cs var:T.do.send ?>"/>
