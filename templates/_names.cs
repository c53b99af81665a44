<?cs # Names without markup, for both faces.  Languages: HDF keys know no "-".
?><?cs def:lang_name(value) ?><?cs
if:value == "zh-CN" ?><?cs var:T.lang.zh_CN ?><?cs
elif:value == "zh-TW" ?><?cs var:T.lang.zh_TW ?><?cs
else ?><?cs var:T.lang.en ?><?cs /if ?><?cs /def ?><?cs

# A session's client, as its owner calls it.
?><?cs def:device(item) ?><?cs
if:?item.device ?><?cs var:item.device ?><?cs else ?><?cs var:T.session.unknown ?><?cs /if ?><?cs
if:?item.system ?> <?cs var:T.session.on ?> <?cs var:item.system ?><?cs /if ?><?cs /def ?>