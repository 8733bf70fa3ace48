/// Models in S3, and in stores that answer as it does, as places that core reads from and writes
/// to: see [org.lines4j.s3.S3Storage].
@org.jspecify.annotations.NullMarked
@SuppressWarnings({"module", "requires-automatic"}) // S3 is called so; the SDK has no modules
module org.lines4j.s3 {
  requires static org.jspecify;
  requires org.lines4j.core;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.http.urlconnection;
  requires software.amazon.awssdk.profiles;
  requires software.amazon.awssdk.regions;
  requires software.amazon.awssdk.services.s3;

  provides org.lines4j.storage.Storage with
      org.lines4j.s3.S3Storage;
}
