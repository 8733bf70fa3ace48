/// The linear algebra that merge methods on singular directions need: see
/// [org.lines4j.subspace.matrix.Algebra].
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // f2j is older than modules
module org.lines4j.subspace {
  requires arpack.combined.all;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.openblas;
  requires static org.jspecify;

  exports org.lines4j.subspace.matrix;
}
