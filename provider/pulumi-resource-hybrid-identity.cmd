@echo off
rem The same as the shell script beside it, for Windows.
setlocal
set "NODE_OPTIONS="
node "%~dp0start.cjs" %*
exit /b %ERRORLEVEL%
