<?cs # Names that cannot be HDF keys because of their "-".  No markup: for both faces.
?><?cs def:lang_name(value) ?><?cs
if:value == "zh-CN" ?><?cs var:T.lang.zh_CN ?><?cs
elif:value == "zh-TW" ?><?cs var:T.lang.zh_TW ?><?cs
else ?><?cs var:T.lang.en ?><?cs /if ?><?cs /def ?>