package administer

import adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"

func sessions(c *call) adminv1.SessionServiceClient { return adminv1.NewSessionServiceClient(c) }

var sessionHead = []string{"SESSION", "PROVIDER", "FROM", "BROWSER", "SINCE", "LAST USE", "ENDS"}

func sessionRow(s *adminv1.Session) []string {
	const minute = "2006-01-02 15:04"
	return []string{
		s.GetId(), s.GetProvider(), s.GetAddress(), s.GetAgent(),
		s.GetCreateTime().AsTime().Format(minute), s.GetLastSeenTime().AsTime().Format(minute), s.GetExpireTime().AsTime().Format(minute),
	}
}
