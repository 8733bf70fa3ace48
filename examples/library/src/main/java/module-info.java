/// A program that edits models.
module org.example.edits {
  requires org.lines4j.core;
}
