/// Turns results into HTML and Markdown; computes nothing.
@org.jspecify.annotations.NullMarked
module org.lines4j.report {
  requires static org.jspecify;
  requires transitive org.lines4j.core;
  requires tools.jackson.core;

  exports org.lines4j.report;
}
