/// Merge methods on singular directions, and the linear algebra that they need: see
/// [org.lines4j.subspace.matrix.Algebra].
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // f2j is older than modules
module org.lines4j.subspace {
  requires arpack.combined.all;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.openblas;
  requires static org.jspecify;
  requires org.lines4j.core;

  provides org.lines4j.lowrank.LowRank with
      org.lines4j.subspace.lowrank.SingularDirections;
  provides org.lines4j.method.MethodType with
      org.lines4j.subspace.method.DcMerge,
      org.lines4j.subspace.method.IsoC,
      org.lines4j.subspace.method.IsoCts,
      org.lines4j.subspace.method.Knots,
      org.lines4j.subspace.method.MagMax,
      org.lines4j.subspace.method.Star,
      org.lines4j.subspace.method.Svc,
      org.lines4j.subspace.method.Swudi,
      org.lines4j.subspace.method.TsvM;

  exports org.lines4j.subspace.matrix;
}
