@echo off
rem Runs LiNeS from its unpacked archive on Windows, with the Java runtime in it. LINES_JAVA_OPTS adds JVM options,
rem LINES_CLASSPATH jars with merge methods of others (docs\your-own-method.md).
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0.."
set "app=%root%\app"
set "options=%root%\launcher"
set "kind=heavy"
for %%c in (help inspect methods report generate-completion --version --help -V -h) do if "%~1"=="%%c" set "kind=light"
set start=-jar "%app%\lines.jar"
if defined LINES_CLASSPATH set start=--add-exports=java.base/jdk.internal.module=ALL-UNNAMED -cp "%app%\lines.jar;%LINES_CLASSPATH%" org.lines4j.cli.Start
set cache=
if exist "%app%\lines.aot" set cache="-XX:AOTCache=%app%\lines.aot"
"%root%\runtime\bin\java" "@%options%\%kind%.options" %cache% -Xlog:disable -Xlog:all=error:stderr -Xlog:aot=off:stderr -Xlog:cds=off:stderr %LINES_JAVA_OPTS% %start% %*
exit /b %ERRORLEVEL%
