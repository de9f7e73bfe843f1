<?xml version="1.0" encoding="UTF-8"?>
<proxy:proxy-rules xmlns:proxy="http://www.ibm.com/xmlns/prod/sw/ajax/proxy-config/1.1">

  <!-- The variables in braces are replaced by what LotusConnections-config.xml says of a service. -->

  <proxy:mapping contextpath="/ajaxProxy" url=""/>

  <proxy:policy url="{activitiesSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{blogsSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{dogearSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{communitiesSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{filesSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{forumsSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{homepageSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{newsSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{profilesSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{searchSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{wikisSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="{sandSvcRef}/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="https://meetings.acme.example/*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
      <proxy:method>HEAD</proxy:method>
      <proxy:method>POST</proxy:method>
      <proxy:method>DELETE</proxy:method>
      <proxy:method>PUT</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>LtpaToken</proxy:cookie>
      <proxy:cookie>LtpaToken2</proxy:cookie>
      <proxy:cookie>JSESSIONID</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <proxy:policy url="http://www.bbc.example/news/rss/*" acf="none">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
    </proxy:actions>
    <proxy:headers>
      <proxy:header>User-Agent</proxy:header>
      <proxy:header>Accept.*</proxy:header>
      <proxy:header>Content-Type</proxy:header>
      <proxy:header>Authorization.*</proxy:header>
      <proxy:header>X-.*</proxy:header>
    </proxy:headers>
    <proxy:mime-types>
      <proxy:mime-type>*</proxy:mime-type>
    </proxy:mime-types>
    <proxy:cookies>
      <proxy:cookie>none</proxy:cookie>
    </proxy:cookies>
  </proxy:policy>

  <!-- Any address: only where nobody from outside reaches this proxy.
  <proxy:policy url="*" acf="none" basic-auth-support="true">
    <proxy:actions>
      <proxy:method>GET</proxy:method>
    </proxy:actions>
    <proxy:cookies/>
  </proxy:policy>
  -->

  <proxy:meta-data>
    <proxy:name>socket-timeout</proxy:name>
    <proxy:value>60000</proxy:value>
  </proxy:meta-data>
  <proxy:meta-data>
    <proxy:name>retries</proxy:name>
    <proxy:value>1</proxy:value>
  </proxy:meta-data>
  <proxy:meta-data>
    <proxy:name>max-connections-per-host</proxy:name>
    <proxy:value>50</proxy:value>
  </proxy:meta-data>
  <proxy:meta-data>
    <proxy:name>max-total-connections</proxy:name>
    <proxy:value>500</proxy:value>
  </proxy:meta-data>

</proxy:proxy-rules>
