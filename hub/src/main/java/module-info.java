/// Models of the Hugging Face Hub and of web servers, as places that core reads from: see
/// [org.lines4j.hub.HubStorage].
@org.jspecify.annotations.NullMarked
module org.lines4j.hub {
  requires java.net.http;
  requires static org.jspecify;
  requires org.lines4j.core;
  requires tools.jackson.core;

  provides org.lines4j.storage.Storage with
      org.lines4j.hub.HubStorage,
      org.lines4j.hub.WebStorage.Plain,
      org.lines4j.hub.WebStorage.Secure;
}
