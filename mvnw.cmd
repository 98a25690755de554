@echo off
rem Runs Maven: the one of MAVEN_HOME or of the PATH if it is 3.8 or later, else a pinned one, fetched once from Apache's
rem distribution site (or the mirror that MVNW_DISTRIBUTION_URL names) into the user's Maven folder.
setlocal

set "bin="
if defined JAVA_HOME set "bin=%JAVA_HOME%\bin\"
set "java_version=0"
for /f "tokens=1,2 delims=. " %%a in ('""%bin%javac" -version 2^>^&1"') do if "%%a" == "javac" set "java_version=%%b"
if %java_version% lss 17 (
    echo mvnw: Walcast needs a JDK 17 or later: install one ^(https://adoptium.net^) and set JAVA_HOME to it 1>&2
    exit /b 1
)

if defined MAVEN_HOME (
    set "maven=%MAVEN_HOME%\bin\mvn.cmd"
    call :suitable
    if not errorlevel 1 goto run
)
set "maven=mvn.cmd"
call :suitable
if not errorlevel 1 goto run

for /f "usebackq eol=# tokens=1,2 delims==" %%a in ("%~dp0.mvn\maven.properties") do set "pinned_%%a=%%b"
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
if not defined MVNW_DISTRIBUTION_URL set "MVNW_DISTRIBUTION_URL=https://archive.apache.org/dist/maven/maven-3"
set "name=apache-maven-%pinned_version%"
set "MAVEN_HOME=%MAVEN_USER_HOME%\wrapper\%name%"
if not exist "%MAVEN_HOME%" (
    "%bin%java" "%~dp0.mvn\FetchMaven.java" "%MVNW_DISTRIBUTION_URL%/%pinned_version%/binaries/%name%-bin.zip" %pinned_sha512% "%MAVEN_HOME%" || exit /b 1
)
set "maven=%MAVEN_HOME%\bin\mvn.cmd"

:run
call "%maven%" %*
exit /b %errorlevel%

:suitable
set "major=0"
set "minor=0"
for /f "tokens=3,4 delims=. " %%a in ('call "%maven%" --version 2^>nul ^| findstr /b /c:"Apache Maven"') do (
    set "major=%%a"
    set "minor=%%b"
)
if %major% gtr 3 exit /b 0
if %major% equ 3 if %minor% geq 8 exit /b 0
exit /b 1
