package org.lines4j.hub.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.conformance.web.Answer;
import org.lines4j.conformance.web.WebServer;
import org.lines4j.error.RequestException;

class ProxiesTest {
  private static final String THROUGH = " through the proxy ";
  private static final String PROXY = "http://proxy.example:3128";

  /// Where a server is asked: `proxy:port`, or nothing.
  private static String asked(String address, Map<String, String> variables) {
    return new Proxies(variables::get).inWords(URI.create(address)).replace(THROUGH, "");
  }

  @Test
  void eachSchemeHasItsProxy() {
    Map<String, String> variables = Map.of("HTTPS_PROXY", PROXY, "http_proxy", "other.example");
    assertEquals("proxy.example:3128", asked("https://huggingface.co/x", variables));
    assertEquals("other.example:80", asked("http://example.org/x", variables));
    assertEquals("", asked("https://huggingface.co/x", Map.of()));
    assertEquals("proxy.example:3128", asked("https://example.org/", Map.of("all_proxy", PROXY)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "example.org",
        ".example.org",
        "*.example.org",
        "org",
        "other, hub.example.org",
        "HUB.example.org",
        "hub.example.org:8443"
      })
  void hostsThatAreNamedAreAskedDirectly(String direct) {
    assertEquals(
        "",
        asked("https://hub.example.org:8443/x", Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", direct)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ample.org", "hub.example.org:443", "10.0.0.0/8", "x.hub.example.org"})
  void othersAreNot(String direct) {
    assertFalse(
        asked("https://hub.example.org:8443/x", Map.of("HTTPS_PROXY", PROXY, "no_proxy", direct))
            .isEmpty());
  }

  @Test
  void networksAndThisMachineAreAskedDirectly() {
    Map<String, String> variables = Map.of("HTTP_PROXY", PROXY, "NO_PROXY", "10.1.0.0/16");
    assertEquals("", asked("http://10.1.200.3/x", variables));
    assertFalse(asked("http://10.2.0.1/x", variables).isEmpty());
    assertEquals("", asked("http://127.0.0.1:8080/x", variables));
    assertEquals("", asked("http://localhost/x", variables));
  }

  @Test
  void aPasswordIsNotShown() {
    RequestException failure =
        assertThrows(
            RequestException.class,
            () -> asked("http://example.org", Map.of("HTTP_PROXY", "http://me:secret@proxy:1")));
    assertTrue(message(failure).startsWith("HTTP_PROXY: should be"), message(failure));
    assertFalse(message(failure).contains("secret"), message(failure));
  }

  private static String message(Exception failure) {
    return String.valueOf(failure.getMessage());
  }

  private static Reply get(String proxy) throws IOException {
    System.setProperty("HTTP_PROXY", proxy);
    try {
      Patience patience = new Patience(Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO, 2);
      URI uri = URI.create("http://models.example/config.json");
      return new Documents(new Client(patience)).get(uri, Optional.empty(), 100, patience);
    } finally {
      System.clearProperty("HTTP_PROXY");
    }
  }

  @Test
  void aProxyIsAskedForTheWholeAddress() throws IOException {
    try (WebServer proxy = WebServer.start(_ -> Answer.text(200, "from afar"))) {
      Reply reply = get(proxy.address());
      assertEquals("from afar", new String(reply.body(), StandardCharsets.UTF_8));
      assertEquals("http://models.example/config.json", proxy.requests().getFirst().target());
    }
  }

  @Test
  void aProxyThatIsWrongOrNotThereIsTold() throws IOException {
    WebServer gone = WebServer.start(_ -> Answer.status(404));
    gone.close();
    IOException failure = assertThrows(IOException.class, () -> get(gone.address()));
    assertTrue(
        message(failure)
            .startsWith("cannot connect to models.example through the proxy 127.0.0.1:"),
        message(failure));
    assertThrows(RequestException.class, () -> get("socks5://127.0.0.1:1080"));
  }
}
