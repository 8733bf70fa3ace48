package org.lines4j.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.RequestException;

class SettingsTest {
  @TempDir private Path home;

  private Settings of(Map<String, String> variables) {
    return Settings.of(name -> Optional.ofNullable(variables.get(name)), home);
  }

  @Test
  void withoutAnyVariableTheyAreThoseOfHuggingfaceHub() {
    Settings settings = of(Map.of());
    assertEquals("https://huggingface.co", settings.endpoint());
    assertEquals(home.resolve(".cache/huggingface/hub"), settings.cache());
    assertEquals(Optional.empty(), settings.token());
    assertFalse(settings.offline());
    assertTrue(settings.links());
    assertEquals(Duration.ofSeconds(10), settings.timeout());
  }

  @Test
  void theCacheLiesWhereTheFirstOfItsVariablesSays() {
    assertEquals(Path.of("/x/huggingface/hub"), of(Map.of("XDG_CACHE_HOME", "/x")).cache());
    assertEquals(Path.of("/y/hub"), of(Map.of("HF_HOME", "/y", "XDG_CACHE_HOME", "/x")).cache());
    assertEquals(Path.of("/z"), of(Map.of("HUGGINGFACE_HUB_CACHE", "/z", "HF_HOME", "/y")).cache());
    assertEquals(
        Path.of("/w"), of(Map.of("HF_HUB_CACHE", "/w", "HUGGINGFACE_HUB_CACHE", "/z")).cache());
    assertEquals(home.resolve("a/hub"), of(Map.of("HF_HOME", "~/a")).cache());
    assertEquals(
        Path.of("/data/b/hub"), of(Map.of("HF_HOME", "${ROOT}/b", "ROOT", "/data")).cache());
  }

  @Test
  void theTokenComesFromTheFirstPlaceThatHasOne() throws IOException {
    Path cache = Files.createDirectories(home.resolve(".cache/huggingface"));
    Files.writeString(cache.resolve("token"), "hf_file\n");
    assertEquals(Optional.of("hf_file"), of(Map.of()).token());
    assertEquals(Optional.of("hf_old"), of(Map.of("HUGGING_FACE_HUB_TOKEN", " hf_old ")).token());
    assertEquals(
        Optional.of("hf_new"),
        of(Map.of("HF_TOKEN", "hf_new\r\n", "HUGGING_FACE_HUB_TOKEN", "hf_old")).token());
    assertEquals(Optional.empty(), of(Map.of("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).token());
    Files.writeString(home.resolve("mine"), "hf_mine");
    assertEquals(Optional.of("hf_mine"), of(Map.of("HF_TOKEN_PATH", "~/mine")).token());
    assertFalse(of(Map.of()).toString().contains("hf_file"), "tokens are not for messages");
  }

  @Test
  void aTokenThatWouldBeginAnotherHeaderIsRefused() {
    assertThrows(RequestException.class, () -> of(Map.of("HF_TOKEN", "a b")));
    assertThrows(RequestException.class, () -> of(Map.of("HF_TOKEN", "gr\u00f6\u00dfe")));
    assertThrows(RequestException.class, () -> of(Map.of("HF_TOKEN", "x".repeat(5000))));
  }

  @Test
  void offlineIsSaidInSeveralWays() {
    for (String yes : new String[] {"1", "on", "Yes", "TRUE"}) {
      assertTrue(of(Map.of("HF_HUB_OFFLINE", yes)).offline(), yes);
    }
    assertTrue(of(Map.of("TRANSFORMERS_OFFLINE", "1")).offline());
    assertFalse(of(Map.of("HF_HUB_OFFLINE", "0")).offline());
  }

  @Test
  void anEndpointIsAnAddress() {
    assertEquals(
        "https://hub.local/x", of(Map.of("HF_ENDPOINT", "https://hub.local/x//")).endpoint());
    for (String wrong : new String[] {"hub.local", "ftp://x", "https://u:p@x", "https://x y"}) {
      assertThrows(RequestException.class, () -> of(Map.of("HF_ENDPOINT", wrong)), wrong);
    }
  }
}
