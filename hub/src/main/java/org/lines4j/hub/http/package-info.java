/// Bytes by HTTP, from servers that may stall, lie and break off: asked again where that helps, and
/// never for ever.
@org.jspecify.annotations.NullMarked
package org.lines4j.hub.http;
