<?cs # expect: words in value ?><input type="hidden" name="do" value="发送"/>
