package acceptance

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is a signed-in visitor of the console.
type browser struct {
	http.Client
	home string
}

var signInLink = regexp.MustCompile(`http://\S+/signin\?token=[^\s"]+`)

// signIn follows the one-time link that the server printed and presses its button.
func signIn(t testing.TB, s *server) *browser {
	t.Helper()
	var link string
	eventually(t, func() error {
		links := signInLink.FindAllString(s.output(), -1)
		if len(links) == 0 {
			return fmt.Errorf("no sign-in link in:\n%s", s.output())
		}
		link = links[len(links)-1]
		return nil
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{Client: http.Client{Jar: jar}, home: "http://" + s.console}
	if status, page := b.get(t, "/"); status != http.StatusUnauthorized {
		t.Errorf("without signing in: %d\n%s", status, page)
	}
	address, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := b.PostForm(b.home+"/signin", url.Values{"token": {address.Query().Get("token")}})
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	equal(t, "status after signing in", reply.StatusCode, http.StatusOK)
	return b
}

func (b *browser) get(t testing.TB, path string) (status int, page string) {
	t.Helper()
	reply, err := b.Get(b.home + path)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(body)
}

var hrefs = regexp.MustCompile(`href="(/[^"]*)"`)

// crawl reads every page that links lead to, and returns them by path.
func (b *browser) crawl(t testing.TB) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for todo := []string{"/"}; len(todo) > 0 && len(pages) < 500; todo = todo[1:] {
		path := todo[0]
		if _, seen := pages[path]; seen {
			continue
		}
		status, page := b.get(t, path)
		answered := status == http.StatusOK || status == http.StatusConflict && strings.Contains(path, "/query?") // the run's own code may know no such query
		if !answered {
			t.Errorf("GET %s: %d", path, status)
		}
		pages[path] = page
		for _, m := range hrefs.FindAllStringSubmatch(page, -1) {
			todo = append(todo, html.UnescapeString(m[1]))
		}
	}
	return pages
}

func TestConsoleShowsWorkflowsAndTheirHistory(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.start("flow", "you")
	result[string](l, run)
	var list, history bool
	for path, page := range signIn(t, s).crawl(t) {
		list = list || strings.Contains(page, run.GetID()) && !strings.Contains(path, run.GetID())
		history = history || strings.Contains(path, run.GetRunID()) && strings.Contains(page, "ActivityTaskCompleted")
	}
	if !list || !history {
		t.Errorf("the run is listed: %v, its history is shown: %v", list, history)
	}
}
