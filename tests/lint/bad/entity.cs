<?cs # expect: entity &nbsp; ?><p>&nbsp;</p>
