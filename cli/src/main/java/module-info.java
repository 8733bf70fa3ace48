/// The command line.
@org.jspecify.annotations.NullMarked
module org.lines4j.cli {
  requires me.tongfei.progressbar;
  requires static org.jspecify;
  requires transitive info.picocli;
  requires transitive org.lines4j.core;
  requires org.lines4j.recipe;
  requires org.lines4j.report;
  requires org.lines4j.tune;
  requires transitive tools.jackson.core;

  uses org.lines4j.cli.Clusters;
  uses org.lines4j.cli.MoreCommands;

  exports org.lines4j.cli;

  opens org.lines4j.cli to
      info.picocli;
}
