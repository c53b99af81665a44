<?cs # expect: words in value="Send" ?><input type="submit" value="Send"/>
