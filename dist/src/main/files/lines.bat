@echo off
rem Runs LiNeS from its unpacked archive on Windows, with the Java runtime in it. LINES_JAVA_OPTS adds JVM options,
rem LINES_CLASSPATH jars with merge methods of others (docs\your-own-method.md), LINES_PARTS parts that few need, of s3,
rem evaluate, lab and text: they are fetched from Maven Central or LINES_REPOSITORY into the user's cache.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0.."
set "app=%root%\app"
set "options=%root%\launcher"
set "kind=heavy"
for %%c in (help inspect methods report generate-completion --version --help -V -h) do if "%~1"=="%%c" set "kind=light"
set "parts=%LINES_PARTS%"
if "%~1"=="demo" set "parts=%parts% evaluate lab text"
if "%~1"=="lab" set "parts=%parts% evaluate lab"
if "%~1 %~2"=="lab text" set "parts=%parts% text"
if "%~1 %~2"=="lab icons" set "parts=%parts% text"
if "%~1"=="demo" set "kind=training"
if "%~1"=="lab" set "kind=training"
if "%kind%"=="training" set "OMP_NUM_THREADS=1"
set "more=%LINES_CLASSPATH%"
set "lab=%root%\parts\lab\lines-lab.jar"
if "%~1 %~2"=="help lab" if defined more (set "more=%lab%;%more%") else set "more=%lab%"
if "%~1 %~2"=="help demo" if defined more (set "more=%lab%;%more%") else set "more=%lab%"
set "jars="
if not defined parts goto run
for /f "usebackq delims=" %%p in (`call "%root%\runtime\bin\java" "@%options%\light.options" -cp "%app%\lines.jar" org.lines4j.cli.Parts "%root%\parts" %parts%`) do set "jars=%%p"
if not defined jars exit /b 1
if defined more (set "more=%jars%;%more%") else set "more=%jars%"
:run
set start=-jar "%app%\lines.jar"
if defined more set start=--add-exports=java.base/jdk.internal.module=ALL-UNNAMED -cp "%app%\lines.jar;%more%" org.lines4j.cli.Start
set cache=
set "name=lines"
if "%~1"=="--version" set "name=version"
if exist "%app%\%name%.aot" set cache="-XX:AOTCache=%app%\%name%.aot"
"%root%\runtime\bin\java" "@%options%\%kind%.options" %cache% -Xlog:disable -Xlog:all=error:stderr -Xlog:aot=off:stderr -Xlog:cds=off:stderr %LINES_JAVA_OPTS% %start% %*
exit /b %ERRORLEVEL%
