@echo off
rem The same as the shell script beside it, for Windows.
setlocal
set "repository="
if defined PULUMI_LAB_REPO call :holds "%PULUMI_LAB_REPO%"
if not defined repository call :above "%~dp0."
if not defined repository call :above "%CD%"
if not defined repository (
    echo stand-in of the azuread plugin: its repository was not found; 1>&2
    echo set PULUMI_LAB_REPO to the repository's folder and run npm ci there 1>&2
    exit /b 1
)
set "NODE_OPTIONS="
set "NODE_EXTRA_CA_CERTS="
node --require "%repository%\lab\plugins\shared\preload.cjs" --require "%repository%\node_modules\tsx\dist\cjs\index.cjs" "%repository%\lab\plugins\azuread\main.ts" %*
exit /b %ERRORLEVEL%

:above
set "directory=%~f1"
:next
call :holds "%directory%"
if defined repository exit /b 0
for %%P in ("%directory%\..") do set "parent=%%~fP"
if "%parent%"=="%directory%" exit /b 0
set "directory=%parent%"
goto next

:holds
if exist "%~1\lab\plugins\azuread\main.ts" if exist "%~1\node_modules\tsx\dist\cjs\index.cjs" set "repository=%~f1"
exit /b 0
