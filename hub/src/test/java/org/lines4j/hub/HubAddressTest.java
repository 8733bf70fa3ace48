package org.lines4j.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lines4j.storage.Location;

class HubAddressTest {
  private static Optional<String> found(String name) {
    return HubAddress.find(name).map(Location::text);
  }

  private static Optional<HubAddress> address(String text) {
    return HubAddress.of(Location.parse(text));
  }

  @Test
  void anOrganisationAndANameMeanAModelOfTheHub() {
    assertEquals(Optional.of("hf://org/name"), found("org/name"));
    assertEquals(Optional.of("hf://org/name@v1.0"), found("org/name@v1.0"));
    assertEquals(Optional.of("hf://org/name@refs%2Fpr%2F3"), found("org/name@refs/pr/3"));
  }

  @Test
  void otherNamesDoNot() {
    for (String name :
        new String[] {
          "name",
          "a/b/c",
          "./org/name",
          "../name",
          "/org/name",
          "org/",
          "org/na me",
          "org/name@",
          "org/model.safetensors",
          "org/model.pt",
          "org/na..me",
          "org/na--me",
          "-org/name",
          "org/name#part",
          "org/name+other/lora",
          "org/name@main+other/lora",
          "org/name@main#part",
          "org/.name",
          "org/name.",
          "o\u0000/x",
          "",
          "o".repeat(60) + "/" + "n".repeat(60)
        }) {
      assertEquals(Optional.empty(), found(name), name);
    }
  }

  @Test
  void anAddressHasARevisionAndAPath() {
    assertEquals(Optional.of(new HubAddress("org/name", "main", "")), address("hf://org/name"));
    assertEquals(Optional.of(new HubAddress("org/name", "main", "")), address("hf://org/name/"));
    assertEquals(
        Optional.of(new HubAddress("org/name", "v1", "sub/x.json")),
        address("hf://org/name@v1/sub/x.json"));
    assertEquals(
        Optional.of(new HubAddress("org/name", "refs/pr/3", "x")),
        address("hf://org/name@refs/pr/3/x"));
    assertEquals(
        Optional.of(new HubAddress("org/name", "feature/new", "x")),
        address("hf://org/name@feature%2Fnew/x"));
    assertEquals(
        Optional.of(new HubAddress("gpt2", "main", "config.json")),
        address("hf://gpt2@main/config.json"));
  }

  @Test
  void whatIsNoNameIsNoAddress() {
    for (String text :
        new String[] {
          "hf://",
          "hf://gpt2",
          "hf://org/name@",
          "hf://org/name@..",
          "hf://org/name@a%2F..%2Fb",
          "hf://org/name@a%00b",
          "hf://org/na--me",
          "hf://../name",
          "hf://org/name@.hidden",
          "hf://org/name@main+org/lora",
          "hf://org/name+org/lora",
          "hf://org/name@main#part"
        }) {
      assertEquals(Optional.empty(), address(text), text);
    }
  }

  @Test
  void aCommitReplacesTheRevision() {
    HubAddress address = new HubAddress("org/name", "main", "sub/x.json");
    assertEquals("hf://org/name@abc/sub/x.json", address.at("abc").text());
  }
}
