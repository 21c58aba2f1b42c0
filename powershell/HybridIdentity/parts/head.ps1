# HybridIdentity: reads and writes registry values and services of this host and remembers what was there before.
# The same text is imported as a module and sent inside a script block (docs/protocol.md), so it defines functions,
# sets a few variables that they read, and does nothing else. Times are UTC. Texts are compared ordinally: -ceq is
# linguistic and skips characters such as a soft hyphen.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$RecordKey = 'HKLM\SOFTWARE\HybridIdentity'
$RecordLimit = 131072
$TimePattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
# .NET keeps 15 patterns ready, and this text has more.
[regex]::CacheSize = 100
