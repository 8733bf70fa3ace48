@echo off
rem Runs LiNeS from its source tree on Windows, like the script "lines" does elsewhere. It builds only when
rem there is no build yet: after changing sources, delete cli\target\app and lab\target\app. LINES_JAVA_OPTS adds JVM options,
rem LINES_CLASSPATH jars with merge methods of others (docs\your-own-method.md).
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
rem The lab's commands are an application of their own: PyTorch is 115 MB that no other command needs.
set "module=cli"
for %%c in (demo lab) do if "%~1"=="%%c" set "module=lab"
if "%~1"=="help" for %%c in (demo lab) do if "%~2"=="%%c" set "module=lab"
set "app=%root%%module%\target\app"
set "options=%root%cli\src\main\launcher"
set "jdk="

if defined JAVA_HOME call :try "%JAVA_HOME:"=%"
if not defined jdk for /f "delims=" %%j in ('where java 2^>nul') do call :try "%%~dpj.."
for %%p in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%USERPROFILE%\.jdks") do (
  if not defined jdk for /d %%j in ("%%~p\*") do call :try "%%~j"
)
if not defined jdk (
  echo lines: no JDK 25 or newer found: install one ^(https://adoptium.net^) or set JAVA_HOME to it 1>&2
  exit /b 1
)

if not exist "%app%\lines.jar" call :build || exit /b 1

set "kind=heavy"
rem cmd cannot tell whether standard error is a terminal: there is no -Dlines4j.terminal here, and the program looks at
rem standard input and output instead.
for %%c in (help inspect methods report generate-completion --version --help -V -h) do if "%~1"=="%%c" set "kind=light"
for %%c in (demo lab) do if "%~1"=="%%c" (
  set "kind=training"
  set "OMP_NUM_THREADS=1"
)
set start=-jar "%app%\lines.jar"
if defined LINES_CLASSPATH set start=--add-exports=java.base/jdk.internal.module=ALL-UNNAMED -cp "%app%\lines.jar;%LINES_CLASSPATH%" org.lines4j.cli.Start
set cache=
if exist "%app%\lines.aot" set cache="-XX:AOTCache=%app%\lines.aot"
"%jdk%\bin\java" "@%options%\%kind%.options" %cache% -Xlog:disable -Xlog:all=error:stderr -Xlog:aot=off:stderr -Xlog:cds=off:stderr %LINES_JAVA_OPTS% %start% %*
exit /b %ERRORLEVEL%

:try
if defined jdk exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "major="
for /f "tokens=2 delims==." %%v in ('findstr /b "JAVA_VERSION=" "%~1\release" 2^>nul') do set "major=%%~v"
if not defined major exit /b 0
set "major=%major:"=%"
if %major% GEQ 25 set "jdk=%~f1"
exit /b 0

:build
echo lines: building ^(the first time fetches libraries and takes a minute or two^) ... 1>&2
setlocal
set "JAVA_HOME=%jdk%"
cd /d "%root%"
call mvnw.cmd -B -q -Dquick -pl %module% -am package 1>&2
if errorlevel 1 (
  echo lines: the build failed, see above 1>&2
  exit /b 1
)
if not exist "%app%" mkdir "%app%"
"%jdk%\bin\java" "@%options%\light.options" -cp %module%\target\quick\lines.jar org.lines4j.cli.LaunchFolder %module%\target\quick "%app%" >nul 2>&1 || exit /b 1
"%jdk%\bin\java" "@%options%\light.options" "@%options%\cache.options" "-XX:AOTCacheOutput=%app%\lines.aot" -cp "%app%\lines.jar" org.lines4j.cli.AotTraining >nul 2>&1
exit /b 0
