# Starts the command line: what the launchers of a source tree and of an archive share. Wants $jdk, $options (this folder),
# $app, which holds lines.jar, lib/ and lines.aot, and $more, further jars or nothing.
kind=light
for argument; do
  case $argument in
    -*) ;;
    help | inspect | methods | report | generate-completion) break ;;
    demo | lab) kind=training && export OMP_NUM_THREADS=1 && break ;;
    *) kind=heavy && break ;;
  esac
done
cache=$app/lines.aot
for argument; do
  case $argument in
    *s3://*) [ ! -f "$app/s3.aot" ] || cache=$app/s3.aot ;; # with what reads stores, which takes others longer to load
  esac
done
terminal=false
columns=

look_around() {
  # Java itself cannot tell whether standard error alone is a terminal; a progress bar wants to know.
  if [ -t 2 ] && [ "${TERM-}" != dumb ]; then
    terminal=true
    columns=$(stty size <&2 2>/dev/null)
    columns=${columns#* }
  fi

  # Java takes paths for what the locale says that they are. Where that is ASCII, as in most containers (also because
  # the locale that was asked for is not installed), it could not name other files at all.
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
    C.UTF-8 | C.utf8) return ;;
  esac
  case $(locale charmap 2>/dev/null) in
    ANSI_X3.4-1968 | US-ASCII | 646)
      for locale in C.UTF-8 en_US.UTF-8; do
        [ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ] && export LC_ALL=$locale && break
      done
      ;;
    '') export LC_ALL=C.UTF-8 ;; # no program here that could tell
  esac
}

case $#${1-} in
  1--version | 1-V) cache=$app/version.aot ;; # small: the other one loads everything at once
  *) look_around ;;
esac
[ -f "$cache" ] && cache=-XX:AOTCache=$cache || cache=

# Fewer page faults, of which a JVM that starts has ten thousand: a tenth of the time of a short command.
pages=
[ ! -d /sys/kernel/mm/transparent_hugepage ] || pages=-XX:+UseTransparentHugePages

# What the manifest of lines.jar says holds only for -jar, which takes no other jars.
if [ -n "$more" ]; then
  set -- --add-exports=java.base/jdk.internal.module=ALL-UNNAMED -cp "$app/lines.jar:$more" org.lines4j.cli.Start "$@"
else
  set -- -jar "$app/lines.jar" "$@"
fi

set -f # LINES_JAVA_OPTS may hold asterisks
# shellcheck disable=SC2086
exec "$jdk/bin/java" "@$options/$kind.options" $pages -Xlog:disable -Xlog:all=error:stderr -Xlog:aot=off:stderr -Xlog:cds=off:stderr \
  -Dlines4j.terminal=$terminal ${columns:+-Dlines4j.columns="$columns"} ${cache:+"$cache"} ${LINES_JAVA_OPTS-} "$@"
